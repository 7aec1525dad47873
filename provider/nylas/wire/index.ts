// Made by `npm run generate` from the other files of this folder. Edit none but those.
/**
 * What the API says, in its own names, and its translation. Lenient where nothing depends on it: unknown fields pass, a
 * flag that is not there is false, an empty text is as good as none. What cannot be done without is named when missing.
 */

export { Missing, NEWER, page, type Page } from "./parts";
export * from "./iam";
export * from "./lists";
export * from "./objects";
export * from "./rules";
export * from "./webhooks";
export { noticing } from "./unknown";
