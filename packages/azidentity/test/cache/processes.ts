import { hours } from "@azidentity/testkit";
import type { MemoryPlace } from "../../src/cache/memory-store.ts";
import type { Owner } from "../../src/cache/owner.ts";
import { TokenCache } from "../../src/cache/token-cache.ts";
import type { DocumentName, TokenStore } from "../../src/cache/token-store.ts";
import type { Account, Grant, TokenRequest } from "../../src/token.ts";

export const APP: Owner = {
	clientId: "app",
	environment: "login.windows.net",
	tenantId: "tenant",
};
export const PERSON: Owner = { ...APP, homeAccountId: "uid.utid" };

export function accountOf(owner: Owner): Account | undefined {
	const { environment, homeAccountId, tenantId } = owner;
	if (homeAccountId === undefined) return undefined;
	return {
		homeAccountId,
		localAccountId: "uid",
		environment,
		realm: tenantId,
		username: `${homeAccountId}@example.com`,
	};
}

export interface Wanted {
	readonly owner?: Owner;
	readonly cae?: boolean;
	readonly claims?: string;
}

/** So that no two tokens are the same, whichever process asked for them. */
let lastToken = 0;

function newGrant(
	{ scopes }: TokenRequest,
	owner: Owner,
	expiresOnTimestamp: number,
): Grant {
	lastToken += 1;
	const account = accountOf(owner);
	const scope = scopes.join(" ");
	return {
		token: { token: `token ${lastToken} for ${scope}`, expiresOnTimestamp },
		scope,
		...(account && {
			account,
			homeAccountId: account.homeAccountId,
			refreshToken: `refresh ${lastToken}`,
		}),
	};
}

/** A cache as a process of its own has it: with a handle of its own on the place, or on the store that it is given. */
export function processOn(
	place: MemoryPlace | TokenStore | undefined,
	now = Date.now,
) {
	const isPlace = place !== undefined && "open" in place;
	const store = isPlace ? place.open() : place;
	let reads = 0;
	const counted =
		store &&
		Object.assign(Object.create(store) as TokenStore, {
			read(name: DocumentName) {
				reads += 1;
				return store.read(name);
			},
		});
	const cache = new TokenCache({
		now,
		...(counted && { store: isPlace ? counted : store }),
	});
	let held: Promise<void> | undefined;

	async function source(request: TokenRequest, owner: Owner): Promise<Grant> {
		process.requests += 1;
		const setOut = now();
		const gate = held;
		held = undefined;
		await gate;
		return newGrant(request, owner, setOut + hours(1));
	}

	const process = {
		cache,
		/** How many requests its source got. */
		requests: 0,
		/** How often it read the store. */
		reads: () => reads,
		/** Has the source's next answer wait for `grant`. */
		hold() {
			let grant = () => {};
			held = new Promise((resolve) => {
				grant = resolve;
			});
			return { grant };
		},
		async get(scope: string, wanted: Wanted = {}): Promise<string> {
			const { owner = APP, cae = false, claims } = wanted;
			const ask = {
				scopes: scope,
				written: scope,
				normalise: () => scope.split(" "),
				claims,
			};
			const { token } = await cache
				.partition(owner, cae)
				.get(ask, (request) => source(request, owner));
			return token;
		},
	};
	return process;
}
