// The emulator's own thread: the engine's library can only be given a movable clock by replacing `Date.now`, which must
// reach nobody else's code.
import { parentPort, workerData } from "node:worker_threads";
import { loadCertificates } from "./certificates/certificates.ts";
import { quietLibrary } from "./quiet-library.ts";
import type { Servers } from "./servers.ts";
import { replaceClock } from "./virtual-clock.ts";
import type {
	Call,
	FailedStart,
	WorkerMessage,
	WorkerStart,
} from "./worker-messages.ts";

const host = parentPort;
if (host === null)
	throw new Error("This file is started by startEmulator(), not by itself.");

const tell = (message: WorkerMessage) => host.postMessage(message);
const reason = (error: unknown) =>
	error instanceof Error ? error.message : String(error);

try {
	const { options, directory } = workerData as WorkerStart;
	const clock = replaceClock();
	quietLibrary();
	// Not before here: the library speaks up while it is being loaded.
	const loading = import("./servers.ts");
	const certificates = loadCertificates(directory);
	const { startServers } = await loading;
	const servers = await startServers(options, certificates, clock);
	host.on("message", (call: Call) => serve(servers, call));
	tell({ kind: "ready", facts: servers.facts });
} catch (error) {
	const { code, port } = error as FailedStart;
	tell({ kind: "failed", error: reason(error), code, port });
}

async function serve(servers: Servers, call: Call): Promise<void> {
	const { id } = call;
	try {
		const result = await runCall(servers, call);
		tell({ kind: "done", id, result });
	} catch (error) {
		tell({ kind: "refused", id, error: reason(error) });
	}
}

/** Commands that would cut the connection they came by are for messages only. */
function runCall(servers: Servers, { command, argument }: Call) {
	switch (command) {
		case "suspend":
			return servers.authority.suspend();
		case "resume":
			return servers.authority.resume();
		case "close":
			return servers.close();
		default:
			return servers.run(command, argument);
	}
}
