/**
 * Principals and their API keys. Managing them by API is new, and not all parts of Nylas' answers have been seen. So
 * names here may still change with a minor release. The types in the state are frozen all the same.
 */
// Made by `npm run generate` from provider/properties/, down to the end of the kinds.
export { NylasPrincipal, NylasPrincipal as Principal, type NylasPrincipalArgs } from "./classes/principal";
export { NylasApiKey, NylasApiKey as ApiKey, type NylasApiKeyArgs } from "./classes/apiKey";
// The end of the kinds.
export { type NylasBinding } from "./classes/types";
