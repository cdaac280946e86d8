// The web service of the rows on Redis: users who have signed in at an emulated Entra ID, a Redis, and processes of it.
import { randomBytes } from "node:crypto";
import path from "node:path";
import { startEmulator } from "@azidentity/emulator";
import { people, signIn } from "@azidentity/examples/web-service/people.js";
import { startRedis } from "@azidentity/examples/web-service/redis-server.js";
import { firstLine, startProcess } from "./processes.js";

const PROGRAM = path.join(import.meta.dirname, "programs/web-service.js");

/** An authority with so many users, and their tokens for the service. */
export async function openAuthority(count) {
	const users = people(count);
	const emulator = await startEmulator({ users });
	try {
		return { emulator, tokens: await signIn(users, emulator) };
	} catch (error) {
		await emulator.close();
		throw error;
	}
}

/** Two processes of the service on an empty Redis. `close` ends them, and it. */
export async function openService(subject, { emulator }, { timeout } = {}) {
	const redis = await startRedis();
	const input = inputOf(emulator, redis, timeout);
	const environment = { NODE_EXTRA_CA_CERTS: emulator.caFile };
	const processes = ["one", "other"].map(() =>
		startProcess([process.execPath, PROGRAM, subject], { input, environment }),
	);
	async function close() {
		for (const { go } of processes) go();
		const ends = await Promise.all(processes.map(({ ended }) => ended));
		await redis.close();
		return ends;
	}
	await Promise.all(processes.map(({ ready }) => ready));
	const ports = processes.map(({ said }) => said[0]?.port);
	if (ports.every((port) => port !== undefined)) return { redis, ports, close };
	const [{ complaints }] = await close();
	throw new Error(`a process did not start: ${firstLine(complaints)}`);
}

function inputOf(emulator, redis, timeout) {
	const { authorityHost, ca, apps, tenants } = emulator;
	return {
		...{ authorityHost, ca, timeout, redis: redis.url },
		app: {
			tenantId: tenants.contoso.id,
			clientId: apps.api.clientId,
			clientSecret: apps.api.secrets[0],
		},
		key: randomBytes(32).toString("base64"),
	};
}
