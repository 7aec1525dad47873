/** What the far side is: a state made against one application must never be judged by another's answers. */
export type Owner = Record<string, string>;
