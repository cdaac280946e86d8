import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { lookup } from "node:dns/promises";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import {
	ask,
	askToken,
	payloadOf,
	startedEmulator,
} from "./authority-client.ts";
import { signedIn } from "./sign-in.ts";

let emulator: Emulator;
let other: Emulator;
beforeAll(async () => {
	[emulator, other] = await Promise.all([startedEmulator(), startedEmulator()]);
});

const KEYS = "/contoso.test/discovery/v2.0/keys";
const appToken = (of: Emulator, lifetime?: string) =>
	askToken(of, "contoso.test", {
		grant_type: "client_credentials",
		client_id: of.apps.daemon.clientId,
		client_secret: of.apps.daemon.secrets[0],
		scope: lifetime ?? "https://storage.azure.com/.default",
	});

describe("the authority", () => {
	test("is on both loopback addresses", async () => {
		const { port } = new URL(emulator.authorityHost);
		const hosts = ["127.0.0.1"];
		if ((await lookup("::1").catch(() => undefined)) !== undefined)
			hosts.push("[::1]");
		for (const host of hosts) {
			const { status } = await ask(emulator, `https://${host}:${port}${KEYS}`);
			assert.equal(status, 200, host);
		}
	});

	test("can be switched off and on again at the same address, and remembers", async () => {
		const { refresh_token } = await signedIn(emulator);
		await emulator.suspend();
		const whileOff = ask(emulator, KEYS);

		await assert.rejects(whileOff, { code: "ECONNREFUSED" });
		await emulator.resume();
		const { status } = await askToken(emulator, "contoso.test", {
			grant_type: "refresh_token",
			client_id: emulator.apps.native.clientId,
			refresh_token,
		});
		assert.equal(status, 200);
	});

	test("cuts the connections that are open when it is switched off", async () => {
		await emulator.addFault({ delayMs: 60_000, path: "/keys" });
		const waiting = ask(emulator, KEYS);
		const cut = assert.rejects(waiting, { code: "ECONNRESET" });
		while ((await emulator.requests()).at(-1)?.fault !== true);
		await emulator.suspend();

		await cut;
		await emulator.resume();
	});

	test("may be switched off or on twice", async () => {
		await emulator.suspend();
		await emulator.suspend();
		await emulator.resume();
		await emulator.resume();

		assert.equal((await ask(emulator, KEYS)).status, 200);
	});
});

describe("the clock", () => {
	test("moves for the emulator and for nobody else", async () => {
		const real = Date.now();
		const day = 86_400_000;
		await emulator.advanceClock(day);
		const moved = payloadOf((await appToken(emulator)).json.access_token);
		const untouched = payloadOf((await appToken(other)).json.access_token);
		await emulator.advanceClock(-day);

		assert.ok(Math.abs(Date.now() - real) < 60_000);
		assert.ok(Math.abs(moved.iat * 1_000 - (real + day)) < 60_000);
		assert.ok(Math.abs(untouched.iat * 1_000 - real) < 60_000);
	});
});

describe("two emulators side by side", () => {
	test("share their certificates, and nothing else", async () => {
		await emulator.configure({ accessTokenLifetime: 60_000 });
		await emulator.addFault({ status: 503 });
		await other.clearRequests();
		const { status, json } = await appToken(other);
		await emulator.clearFaults();
		const { refresh_token } = await signedIn(emulator);
		const stranger = await askToken(other, "contoso.test", {
			grant_type: "refresh_token",
			client_id: other.apps.native.clientId,
			refresh_token,
		});

		assert.equal(emulator.ca, other.ca);
		assert.notEqual(emulator.authorityHost, other.authorityHost);
		assert.equal(status, 200);
		assert.equal(json.expires_in, 3599);
		assert.equal(stranger.status, 400);
		assert.equal((await other.requests()).length, 2);
	});
});

describe("starting", () => {
	test("on a port that is taken fails, and says so", async () => {
		const holder = createServer();
		await new Promise<void>((up) => holder.listen(0, "127.0.0.1", up));
		const address = holder.address();
		const port = typeof address === "object" ? (address?.port ?? 0) : 0;

		for (const name of ["port", "managedIdentityPort", "proxyPort"] as const)
			await assert.rejects(
				startEmulator({ directory: directory(), [name]: port }),
				{ code: "EADDRINUSE", port, message: /did not start: .*EADDRINUSE/ },
			);
		holder.close();
	});

	test("with options that make no sense fails", async () => {
		await assert.rejects(
			startEmulator({
				directory: directory(),
				knobs: { slowdown: true } as object,
			}),
			/did not start: There is no knob "slowdown"/,
		);
	});

	test("brings tenants, apps and users of one's own", async () => {
		const tenant = {
			id: "cccc3333-0000-4000-8000-000000000003",
			domain: "ours.test",
			name: "Ours",
		};
		const app = {
			clientId: "c0000000-0000-4000-8000-000000000777",
			tenantId: tenant.id,
			name: "Our app",
			secrets: ["our secret"],
		};
		const own = await startedEmulator({ tenants: [tenant], apps: [app] });

		const { status, json } = await askToken(own, "ours.test", {
			grant_type: "client_credentials",
			client_id: app.clientId,
			client_secret: "our secret",
			scope: "https://storage.azure.com/.default",
		});

		assert.equal(status, 200);
		assert.equal(payloadOf(json.access_token).tid, tenant.id);
	});
});

describe("closing", () => {
	test("leaves nothing that keeps the process alive, and prints nothing", async () => {
		const program = `
			import { startEmulator } from "@azidentity/emulator";
			const emulator = await startEmulator(${JSON.stringify({ directory: directory() })});
			await fetch(emulator.managedIdentityUrl + "/nothing");
			await emulator.close();
			await emulator.close();
			await emulator.requests().catch((error) => console.log(error.message));`;

		const { stdout, stderr } = await promisify(execFile)(
			process.execPath,
			["--input-type=module", "--eval", program],
			{ cwd: import.meta.dirname, timeout: 20_000 },
		);

		assert.equal(stdout, "The emulator has been closed.\n");
		assert.equal(stderr, "");
	});
});

/** The tests' certificates. */
const directory = () => emulator.caFile.replace(/[^/\\]+$/, "");
