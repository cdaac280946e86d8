import type { AccessToken } from "@azure/core-auth";
import { jsonObject } from "../foundation/json-object.ts";
import { type Text, whole } from "../foundation/text-pieces.ts";
import type { Held } from "../token.ts";
import {
	includesAll,
	type StoredToken,
	scopeSet,
	tokenGroup,
} from "./document-access-token.ts";
import {
	type Entity,
	identityOf,
	readSection,
	SECTIONS,
	type Section,
} from "./document-entity.ts";
import { type Changes, DocumentParts, NO_ENTRIES } from "./document-parts.ts";
import { RefreshTokens } from "./document-refresh-tokens.ts";
import {
	type ChangedEntity,
	type TokenGroup,
	TokenIndex,
} from "./document-token-index.ts";
import type { Owner } from "./owner.ts";

/** What {@link findToken} finds. All times in milliseconds since 1970. */
export interface FoundToken {
	readonly token: AccessToken;
	/** The scopes it was stored for, separated by spaces. */
	readonly scope: string;
	readonly cachedAt: number;
	/** Until when it may serve during an outage, when that is longer than it lives. */
	readonly extendedExpiresOn?: number;
	/** Whether it has expired, so that only an outage lets it serve. */
	readonly isExpired: boolean;
}

/** A clock that rounds, or is a little ahead: JavaScript's libraries round to the nearest second. */
const AHEAD_MS = 5_000;

/** The entries of each section that can be read as such, by key. */
type Entries = ReadonlyMap<Section, ReadonlyMap<string, Entity>>;

/**
 * A document that was read. It is looked up and never changed: an edit gives another one, which shares with it what stayed
 * as it was, its indexes too. What it holds is private, so that printing it shows no token.
 */
export class Document {
	/** Whether the text was no document. What wrote it is unknown: keep it aside before writing over it. */
	readonly isDamaged: boolean;
	readonly #parts: DocumentParts;
	readonly #entries: Entries;
	#tokens: TokenIndex | undefined;
	#refreshTokens: RefreshTokens | undefined;

	constructor(parts: DocumentParts, entries: Entries, isDamaged = false) {
		this.#parts = parts;
		this.#entries = entries;
		this.isDamaged = isDamaged;
	}

	/** The text to write. Where there was none, or none of a document, it is that of an empty one. */
	text(): Text {
		return this.#parts.text;
	}

	/** The entries of a section, in the order of their writers. */
	entries(section: Section): ReadonlyMap<string, Entity> {
		return this.#entries.get(section) ?? NOTHING;
	}

	/** The text of an entry, whatever it is; undefined when there is none. */
	entryText(section: Section, key: string): string | undefined {
		return this.#parts.entry(section, key);
	}

	tokens(): TokenIndex {
		this.#tokens ??= TokenIndex.of(this.entries("AccessToken"));
		return this.#tokens;
	}

	refreshTokens(): RefreshTokens {
		this.#refreshTokens ??= new RefreshTokens(this);
		return this.#refreshTokens;
	}

	/** The document after these changes. */
	with(changes: Changes): Document {
		const entries = new Map(this.#entries);
		const tokens: ChangedEntity[] = [];
		for (const [section, changed] of changes) {
			const edited = new Map(this.entries(section));
			for (const [key, text] of changed) {
				const before = edited.get(key);
				// Read from its text, so that it is what another reader finds.
				const after = text === undefined ? undefined : jsonObject(text);
				if (after === undefined) edited.delete(key);
				else edited.set(key, after);
				if (section === "AccessToken") tokens.push({ key, before, after });
			}
			entries.set(section, edited);
		}
		const document = new Document(this.#parts.with(changes), entries);
		document.#tokens = this.#tokens?.with(tokens);
		if (!changes.has("RefreshToken") && !changes.has("AppMetadata"))
			document.#refreshTokens = this.#refreshTokens;
		return document;
	}
}

const NOTHING: ReadonlyMap<string, Entity> = new Map();

/** Reads a document. Never throws: text that is no JSON object gives an empty document that `isDamaged`. */
export function parseDocument(source: Text | undefined): Document {
	const text = source && whole(source);
	const root = text ? jsonObject(text) : {};
	if (!text || root === undefined)
		return new Document(NO_ENTRIES, new Map(), root === undefined);
	const entries = SECTIONS.map(
		(section) => [section, new Map(readSection(root, section))] as const,
	);
	return new Document(new DocumentParts(text), new Map(entries));
}

/**
 * The newest bearer token of the owner that covers all scopes, in any case. One that is close to expiry is
 * found too: the margin is the reader's. One that has expired is found when it may serve during an outage
 * and there is no other.
 *
 * An owner without `homeAccountId` and `assertionHash` is an app itself: ask for a person's tokens only
 * once the account is known.
 */
export function findToken(
	document: Document,
	owner: Owner,
	scopes: readonly string[],
	now: number,
): FoundToken | undefined {
	const wanted = scopeSet(scopes.join(" "));
	const identity = identityOf(owner);
	const { groups } = document.tokens();
	const group = groups.get(tokenGroup(identity, "bearer"));
	if (group === undefined) return undefined;
	let expired: StoredToken | undefined;
	for (const token of fewest(group, wanted)) {
		// A token from the future says that the clock was turned back: nobody knows when it really expires.
		if (token.cachedAt > now + AHEAD_MS) continue;
		if (token.extendedExpiresOn <= now) continue;
		if (!includesAll(token.scopes, wanted)) continue;
		if (token.expiresOn > now) return found(token, false);
		expired ??= token;
	}
	return expired && found(expired, true);
}

/** What the document has to spare the owner a prompt. */
export function findHeld(document: Document, owner: Owner): Held {
	const { homeAccountId } = owner;
	const [refreshToken] = findRefreshTokens(document, owner);
	return {
		...(refreshToken !== undefined && { refreshToken }),
		...(homeAccountId !== undefined && { homeAccountId }),
	};
}

/** All refresh tokens the owner may use, the best first: when the service refuses one, the next may do. */
export function findRefreshTokens(
	document: Document,
	owner: Owner,
): readonly string[] {
	const identity = identityOf(owner);
	// An app has none of its own; without an account there is nobody to take one for.
	if (identity.home === "" && identity.assertionHash === "") return [];
	return document.refreshTokens().find(identity);
}

function found(token: StoredToken, isExpired: boolean): FoundToken {
	const { secret, target, cachedAt, expiresOn, refreshOn } = token;
	return {
		token: {
			token: secret,
			expiresOnTimestamp: expiresOn,
			...(refreshOn !== undefined && { refreshAfterTimestamp: refreshOn }),
			tokenType: "Bearer",
		},
		scope: target,
		cachedAt,
		...(token.extendedExpiresOn > expiresOn && {
			extendedExpiresOn: token.extendedExpiresOn,
		}),
		isExpired,
	};
}

/** The tokens that have the rarest of the wanted scopes: no other token can cover them all. */
function fewest(
	{ byScope }: TokenGroup,
	wanted: ReadonlySet<string>,
): readonly StoredToken[] {
	let rarest: readonly StoredToken[] | undefined;
	for (const scope of wanted) {
		const tokens = byScope.get(scope) ?? [];
		if (rarest === undefined || tokens.length < rarest.length) rarest = tokens;
	}
	return rarest ?? [];
}
