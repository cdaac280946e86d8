import { createHash } from "node:crypto";

/** The identity a request names, and how the answer names it back. */
export interface IdentityAsked {
	readonly clientId: string;
	/** The fields by which a caller sees that it got the identity it asked for. */
	readonly echo: Readonly<Record<string, string>>;
}

/** The client id of the machine's own identity. */
export const SYSTEM_ASSIGNED = "d0000000-0000-4000-8000-00000000005a";

/** How one host spells the three ways to name an identity; a spelling it does not have is ignored, as there. */
export interface IdentityNames {
	readonly clientId: readonly string[];
	readonly objectId: readonly string[];
	readonly resourceId: readonly string[];
}

/** The identity asked for: the machine's own when none is named, `undefined` when several are. */
export function identityAsked(
	query: URLSearchParams,
	names: IdentityNames,
): IdentityAsked | undefined {
	const clientIds = given(query, names.clientId);
	const others = [
		...given(query, names.objectId).map((id) => ["object_id", id] as const),
		...given(query, names.resourceId).map((id) => ["msi_res_id", id] as const),
	];
	const [clientId] = clientIds;
	const [other] = others;
	if (clientIds.length + others.length > 1) return undefined;
	if (clientId !== undefined)
		return { clientId, echo: { client_id: clientId } };
	if (other === undefined)
		return {
			clientId: SYSTEM_ASSIGNED,
			echo: { client_id: SYSTEM_ASSIGNED },
		};
	const derived = clientIdOf(other[1]);
	return {
		clientId: derived,
		echo: { client_id: derived, [other[0]]: other[1] },
	};
}

function given(query: URLSearchParams, names: readonly string[]): string[] {
	return names.flatMap((name) => query.getAll(name).filter((id) => id !== ""));
}

/** Every identity has a client id; one known by another name gets the same one each time. */
function clientIdOf(name: string): string {
	const hex = createHash("sha256").update(name.toLowerCase()).digest("hex");
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
