import { parseDocument } from "../../src/cache/document.ts";
import { putGrant as put } from "../../src/cache/document-put.ts";
import {
	removeEntries as remove,
	removeRefreshToken as removeToken,
} from "../../src/cache/document-remove.ts";
import { whole } from "../../src/foundation/text-pieces.ts";

/** What the edits of others see: texts. */
type Text = string | undefined;
type Rest<Edit extends (...args: never[]) => unknown> =
	Parameters<Edit> extends [unknown, ...infer Others] ? Others : never;

/** The text of a document with a grant in it. */
export const putGrant = (text: Text, ...rest: Rest<typeof put>) =>
	whole(put(parseDocument(text), ...rest).text());

/** The text of a document without what is an owner's. */
export const removeEntries = (text: Text, ...rest: Rest<typeof remove>) =>
	whole(remove(parseDocument(text), ...rest).text());

/** The text of a document without a refresh token. */
export const removeRefreshToken = (text: Text, secret: string) =>
	whole(removeToken(parseDocument(text), secret).text());
