import type { Partition } from "./partition.ts";

/** The partition for the tenant that a call names, if it names one, and for the flavour of token. */
type PartitionOf = (tenantId: string | undefined, cae: boolean) => Partition;

/** Most calls name no tenant: those find their partition without a look-up. */
export function homePartitions(partitionOf: PartitionOf): PartitionOf {
	const home: { plain?: Partition; cae?: Partition } = {};
	return (tenantId, cae) => {
		if (tenantId !== undefined) return partitionOf(tenantId, cae);
		const flavour = cae ? "cae" : "plain";
		const known = home[flavour];
		if (known?.isAttached) return known;
		home[flavour] = partitionOf(undefined, cae);
		return home[flavour];
	};
}
