import assert from "node:assert/strict";
import {
	linkSync,
	renameSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { hours, minutes } from "@azidentity/testkit";
import { beforeAll, beforeEach, describe, test } from "vitest";
import { issued } from "../certificates/issued.ts";
import { scratchFolder } from "../certificates/scratch-folder.ts";
import { certifiedDaemon } from "./certified-daemon.ts";
import { emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { capturedLog } from "./planted-secrets.ts";

const entra = emulatedEntra();
const { daemon, register, sent } = certifiedDaemon(entra);
const scratch = scratchFolder();
const logged = capturedLog();

const GRAPH = "https://graph.microsoft.com/.default";

const first = issued({ name: "First" });
const second = issued({ name: "Second" });
beforeAll(() => register(first, second));

/** Which certificates the assertions so far were signed by. */
const shown = () => sent.map(({ header }) => header["x5t#S256"]);

describe("Each request on the network carries an assertion of its own", () => {
	test("in the form of Microsoft's documents, for exactly the endpoint that is asked", async () => {
		const now = Date.now() + 1_234;
		const credential = daemon({ certificate: first.pem }, { now: () => now });
		await credential.getToken(VAULT);
		const [{ claims, header } = assert.fail()] = sent;
		const { apps, authorityHost, tenants } = entra.emulator;
		assert.deepEqual(header, {
			alg: "PS256",
			typ: "JWT",
			"x5t#S256": first.thumbprint("sha256"),
		});
		const { jti, ...rest } = claims;
		assert.match(String(jti), /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
		const seconds = Math.floor(now / 1_000);
		assert.deepEqual(rest, {
			aud: `${authorityHost}/${tenants.contoso.id}/oauth2/v2.0/token`,
			iss: apps.daemon.clientId,
			sub: apps.daemon.clientId,
			iat: seconds,
			nbf: seconds,
			exp: seconds + 600,
		});
	});

	test("with an id that is never used again, and none for a remembered token", async () => {
		await entra.emulator.configure({ strictReplay: true });
		const credential = daemon({ certificate: first.pem });
		const scopes = Array.from(
			{ length: 20 },
			(_, at) => `https://resource-${at}.example/.default`,
		);
		await Promise.all(
			[...scopes, ...scopes].map((scope) => credential.getToken(scope)),
		);
		await entra.emulator.configure({ strictReplay: false });
		assert.equal(sent.length, 20);
		assert.equal(new Set(sent.map(({ claims }) => claims.jti)).size, 20);
	});

	test("to the tenant that is asked", async () => {
		const { fabrikam } = entra.emulator.tenants;
		const credential = daemon(
			{ certificate: first.pem },
			{ additionallyAllowedTenants: ["*"] },
		);
		await credential.getToken(VAULT, { tenantId: fabrikam.id });
		assert.ok(String(sent[0]?.claims.aud).includes(fabrikam.id));
	});
});

test("what the program does with its own object later changes nothing", async () => {
	const certificate = Buffer.from(first.pem);
	const configuration = Object.freeze({ certificate, certificatePassword: "" });
	const credential = daemon(configuration);
	certificate.fill(0);
	assert.ok(await credential.getToken(VAULT));
});

describe("A certificate that was renewed is used with the next request, without a restart", () => {
	let file: string;
	beforeEach(() => {
		file = scratch.file(first.pem, "app.pem");
		utimesSync(file, 1, 1);
	});
	const other = () => path.join(scratch.path, "other");

	const ways: [string, () => void][] = [
		["written into the file", () => writeFileSync(file, second.pem)],
		[
			"moved into its place",
			() => {
				writeFileSync(other(), second.pem);
				renameSync(other(), file);
			},
		],
		[
			"written with the age of the one before",
			() => {
				// As `cp -p` and `rsync` do: only the time at which the file's entry changed tells.
				writeFileSync(file, second.pem);
				utimesSync(file, 1, 1);
			},
		],
		[
			"put under the name as another link",
			() => {
				rmSync(file);
				writeFileSync(other(), second.pem);
				linkSync(other(), file);
				rmSync(other());
			},
		],
	];
	test.each(ways)("%s", async (_, renew) => {
		const credential = daemon(file);
		await credential.getToken(VAULT);
		await credential.getToken(STORAGE);
		renew();
		await credential.getToken(GRAPH);
		assert.deepEqual(
			shown(),
			[first, first, second].map(({ thumbprint }) => thumbprint("sha256")),
		);
	});

	test.skipIf(process.platform === "win32")(
		"linked to, as Kubernetes mounts a secret",
		async () => {
			const [one, two] = [scratch.file(first.pem), scratch.file(second.pem)];
			const link = path.join(scratch.path, "link.pem");
			symlinkSync(one, link);
			const credential = daemon(link);
			await credential.getToken(VAULT);
			symlinkSync(two, other());
			renameSync(other(), link);
			await credential.getToken(STORAGE);
			assert.deepEqual(
				shown(),
				[first, second].map(({ thumbprint }) => thumbprint("sha256")),
			);
		},
	);

	const troubles: [string, () => void, RegExp][] = [
		[
			"is half written",
			() => writeFileSync(file, second.pem.slice(0, 900)),
			/cut off/,
		],
		["is empty", () => writeFileSync(file, ""), /is empty/],
		["is gone", () => rmSync(file), /does not exist/],
	];
	test.each(troubles)(
		"and while the file %s, the one that was read before serves, with a warning",
		async (_, break_, warning) => {
			const credential = daemon(file);
			await credential.getToken(VAULT);
			break_();
			await credential.getToken(STORAGE);
			const log = await logged();
			assert.match(log, /warning.*app\.pem.*read before is used/);
			assert.match(log, warning);
			writeFileSync(file, second.pem);
			await credential.getToken(GRAPH);
			assert.deepEqual(
				shown(),
				[first, first, second].map(({ thumbprint }) => thumbprint("sha256")),
			);
		},
	);

	test("and a remembered token needs neither file nor authority", async () => {
		const credential = daemon(file);
		const { token } = await credential.getToken(VAULT);
		rmSync(file);
		assert.equal((await credential.getToken(VAULT)).token, token);
	});
});

describe("A certificate that is not valid at the time is a warning, not a failure", () => {
	const cases = [
		["outdated", { from: -9, to: -2 }],
		["of the future", { from: 2, to: 9 }],
	] as const;
	test.each(cases)("%s", async (_, validity) => {
		const certificate = issued({ name: "Daemon", key: first.key, ...validity });
		await register(certificate);
		const file = scratch.file(certificate.pem, "invalid.pem");
		await daemon(file).getToken(VAULT);
		await register(first, second);
		assert.match(
			await logged(),
			/warning.*ClientCertificateCredential => the certificate file .*invalid\.pem is valid from .* GMT to .* GMT, and not now/,
		);
	});

	test("and one that is says nothing", async () => {
		await daemon({ certificate: first.pem }).getToken(VAULT);
		assert.doesNotMatch(await logged(), /azure:identity:warning/);
	});
});

describe("A token that is due is replaced by a new assertion behind the caller", () => {
	test("and a certificate that broke meanwhile costs nothing while the token lives", async () => {
		let time = Date.now();
		const file = scratch.file(first.pem);
		const credential = daemon(file, { now: () => time });
		const { token } = await credential.getToken(VAULT);
		await entra.emulator.addFault({
			path: "/token",
			times: null,
			status: 401,
			body: { error: "invalid_client" },
		});
		time += hours(1) - minutes(3);
		assert.equal((await credential.getToken(VAULT)).token, token);
		assert.equal(sent.length, 2);
	});
});
