import { type Emulator, startEmulator } from "@azidentity/emulator";
import { afterAll, afterEach, beforeAll } from "vitest";

/** An emulator for the tests of one file: as new for each test, and gone after the last. It is there from the first test on. */
export function emulatorOfFile(): () => Emulator {
	let emulator: Emulator;
	beforeAll(async () => {
		emulator = await startEmulator();
	});
	afterEach(async () => {
		await emulator.clearFaults();
		await emulator.clearRequests();
	});
	afterAll(() => emulator.close());
	return () => emulator;
}
