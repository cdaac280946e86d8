export {
	hours,
	type ManualClock,
	manualClock,
	minutes,
	seconds,
} from "./manual-clock.ts";
export { type StorePlace, tokenStoreContract } from "./token-store-contract.ts";
