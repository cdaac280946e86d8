import { tokenStoreContract } from "@azidentity/testkit";
import { memoryPlace } from "../../src/cache/memory-store.ts";

tokenStoreContract("The memory store", memoryPlace, {
	names: true,
	invalidation: true,
});
