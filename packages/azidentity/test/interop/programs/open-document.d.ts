/** Each entry of a document on disk as JSON, by "section key". Throws when it does not open. */
export function entriesIn(file: string, keyName?: string): Map<string, string>;
