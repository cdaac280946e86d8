export {
	hours,
	type ManualClock,
	manualClock,
	minutes,
	seconds,
} from "./manual-clock.ts";
