import {
	byAge,
	readAccessToken,
	type StoredToken,
} from "./document-access-token.ts";
import type { Entity } from "./document-entity.ts";

/** The access tokens that serve the same asks, but for their scopes. */
export interface TokenGroup {
	readonly byKey: ReadonlyMap<string, StoredToken>;
	/** By each of their scopes, the newest first. */
	readonly byScope: ReadonlyMap<string, readonly StoredToken[]>;
}

type Groups = ReadonlyMap<string, TokenGroup>;

/** An entry of the access tokens that an edit puts, replaces or removes. */
export interface ChangedEntity {
	readonly key: string;
	readonly before: Entity | undefined;
	readonly after: Entity | undefined;
}

/** The access tokens of a document by group. It is not changed, but followed by the index of the next document. */
export class TokenIndex {
	readonly groups: Groups;

	private constructor(groups: Groups) {
		this.groups = groups;
	}

	static of(entries: Iterable<readonly [string, Entity]>): TokenIndex {
		const tokens = new Map<string, StoredToken[]>();
		for (const [key, entity] of entries) {
			const token = readAccessToken(key, entity);
			if (token === undefined) continue;
			const others = tokens.get(token.group);
			if (others === undefined) tokens.set(token.group, [token]);
			else others.push(token);
		}
		const groups = new Map<string, TokenGroup>();
		for (const [name, group] of tokens) groups.set(name, groupOf(group));
		return new TokenIndex(groups);
	}

	/** The index of the document after an edit: the same as of its entries, and much sooner. */
	with(changes: readonly ChangedEntity[]): TokenIndex {
		const groups = new Map(this.groups);
		for (const { key, before, after } of changes) {
			const gone = before && readAccessToken(key, before);
			const come = after && readAccessToken(key, after);
			if (gone !== undefined) remove(groups, gone);
			if (come !== undefined) add(groups, come);
		}
		return new TokenIndex(groups);
	}
}

function groupOf(tokens: StoredToken[]): TokenGroup {
	const byKey = new Map<string, StoredToken>();
	const byScope = new Map<string, StoredToken[]>();
	for (const token of tokens.sort(byAge)) {
		byKey.set(token.key, token);
		for (const scope of token.scopes) {
			const others = byScope.get(scope);
			if (others === undefined) byScope.set(scope, [token]);
			else others.push(token);
		}
	}
	return { byKey, byScope };
}

function add(groups: Map<string, TokenGroup>, token: StoredToken): void {
	const group = groups.get(token.group);
	const byKey = new Map(group?.byKey).set(token.key, token);
	const byScope = new Map(group?.byScope);
	for (const scope of token.scopes) {
		const others = byScope.get(scope) ?? [];
		byScope.set(scope, [...others, token].sort(byAge));
	}
	groups.set(token.group, { byKey, byScope });
}

function remove(groups: Map<string, TokenGroup>, token: StoredToken): void {
	const group = groups.get(token.group);
	const byKey = new Map(group?.byKey);
	byKey.delete(token.key);
	if (byKey.size === 0) {
		groups.delete(token.group);
		return;
	}
	const byScope = new Map(group?.byScope);
	for (const scope of token.scopes) {
		const others = byScope.get(scope) ?? [];
		const left = others.filter(({ key }) => key !== token.key);
		if (left.length > 0) byScope.set(scope, left);
		else byScope.delete(scope);
	}
	groups.set(token.group, { byKey, byScope });
}
