import type { CacheParts } from "./clear-cache.ts";
import { isPerson, isSamePerson } from "./holding.ts";
import { ownerOfKey } from "./owner.ts";
import type { Partition } from "./partition.ts";
import { clearedBy, isSubject, partitionSubject } from "./token-filter.ts";
import type { DocumentName } from "./token-store.ts";

/**
 * Drops what others have revoked, so that the next call reads the store. A person's goes for all tenants and both
 * flavours, the refresh token too: who is signed out elsewhere must not be signed in again from here.
 */
export function forgetRevoked(cache: CacheParts, name: DocumentName): void {
	for (const partition of revokedBy(cache, name))
		if (partition.isStored) cache.bounds.expel(partition, "invalidated");
}

function revokedBy(
	{ partitions }: CacheParts,
	name: DocumentName,
): readonly Partition[] {
	const all = [...partitions.values()];
	const wanted = clearedBy(name);
	if (wanted !== undefined)
		return all.filter((one) => isSubject(wanted, partitionSubject(one)));
	const owner = ownerOfKey(name.owner);
	if (owner !== undefined && isPerson(owner))
		return all.filter((partition) => isSamePerson(partition.owner, owner));
	return [partitions.get(name.owner) ?? []].flat();
}
