/**
 * What the API says, in its own names, and its translation. Lenient where nothing depends on it: unknown fields pass, a
 * flag that is not there is false, an empty text is as good as none. What cannot be done without is named when missing.
 */

export { Missing, NEWER, page, type Page } from "./parts";
export * from "./objects";
export * from "./rules";
export * from "./lists";
export * from "./webhooks";
export * from "./iam";
export { noticing } from "./unknown";
