import { tokenStoreContract } from "@azidentity/testkit";
import { memoryStore } from "../../src/cache/memory-store.ts";

tokenStoreContract("The memory store", () => {
	const store = memoryStore();
	return { open: () => store };
});
