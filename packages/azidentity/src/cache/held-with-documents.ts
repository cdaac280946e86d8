import type { Held } from "../token.ts";
import type { Acquisition } from "./ask-source.ts";
import { type Document, findHeld, findRefreshTokens } from "./document.ts";
import type { GuardedStore } from "./guarded-store.ts";
import { isPerson } from "./holding.ts";
import { ownerKey } from "./owner.ts";
import type { DocumentName } from "./token-store.ts";

/**
 * What the documents hold beside what memory does. A person's refresh tokens know no flavour, so those of the
 * other flavour's document come last, before somebody is asked to sign in again.
 */
export async function heldWithDocuments(
	{ held, owner, cae }: Acquisition,
	store: GuardedStore,
	name: DocumentName,
	document: Document,
): Promise<Held> {
	if (!isPerson(owner)) {
		const drop = async (secret: string) => {
			await held.drop?.(secret);
			await store.drop(name, secret);
		};
		return { ...held, ...findHeld(document, owner), drop };
	}
	const otherName = { cae: !cae, owner: ownerKey(owner, !cae) };
	const other = await store.read(otherName);
	const found = findRefreshTokens(document, owner);
	const foundInOther = findRefreshTokens(other, owner);
	const inMemory = held.refreshToken === undefined ? [] : [held.refreshToken];
	const [refreshToken, ...otherRefreshTokens] = new Set([
		...found,
		...inMemory,
		...foundInOther,
	]);
	return {
		...held,
		...(refreshToken !== undefined && { refreshToken }),
		otherRefreshTokens,
		async drop(secret) {
			await held.drop?.(secret);
			if (found.includes(secret)) await store.drop(name, secret);
			if (foundInOther.includes(secret)) await store.drop(otherName, secret);
		},
	};
}
