import assert from "node:assert/strict";
import { chmodSync, mkdirSync, truncateSync } from "node:fs";
import path from "node:path";
import {
	type ClientCertificateConfiguration,
	ClientCertificateCredential,
} from "azidentity";
import { describe, test } from "vitest";
import { issued } from "../certificates/issued.ts";
import { scratchFolder } from "../certificates/scratch-folder.ts";
import { certifiedDaemon } from "./certified-daemon.ts";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { invalidCertificates } from "./invalid-certificates.ts";
import { assertShowsNone, printed } from "./planted-secrets.ts";

const entra = emulatedEntra();
const certified = certifiedDaemon(entra);
const { daemon } = certified;
const scratch = scratchFolder();

/** The number of the user who owns nothing. */
const NOBODY = 65_534;

const app = issued({ name: "Daemon" });
const other = issued({ name: "Other" });
const SECRETS = [app.key.slice(200, 240)];
const assertInvalid = invalidCertificates(entra, certified, SECRETS);

describe("A file that is not there, or is no file, is named", () => {
	test("missing", async () => {
		const file = path.join(scratch.path, "nowhere.pem");
		await assertInvalid(file, "file_not_found", /nowhere\.pem does not exist/);
		await assertInvalid(
			path.join(scratch.file("x"), "y"),
			"file_not_found",
			/does not exist/,
		);
	});

	test("a directory", () =>
		assertInvalid(scratch.path, "not_a_file", /is a directory/));

	test.skipIf(process.platform === "win32")("a device that never ends", () =>
		assertInvalid("/dev/zero", "not_a_file", /no regular file/),
	);

	test.skipIf(process.platform === "win32")(
		"larger than anything that could be read",
		async () => {
			const file = scratch.file("");
			// It takes no room: nothing was ever written into it.
			truncateSync(file, 3 * 2 ** 30);
			await assertInvalid(file, "too_large", /1 MiB/);
		},
	);

	test("empty", () => assertInvalid(scratch.file(""), "empty", /is empty/));

	test("named by what no path can be", () =>
		assertInvalid("a\0b", "file_unreadable", /cannot be read/));

	test.skipIf(process.platform === "win32")("unreadable", async (context) => {
		const folder = path.join(scratch.path, "closed");
		const file = path.join(folder, "app.pem");
		mkdirSync(folder);
		scratch.file(app.pem, "closed/app.pem");
		chmodSync(folder, 0);
		context.onTestFinished(() => chmodSync(folder, 0o700));
		// Root may read everything, so for this test it is somebody else.
		const user = process.geteuid?.() ?? 0;
		if (user === 0) process.seteuid?.(NOBODY);
		context.onTestFinished(() => process.seteuid?.(user));
		await assertInvalid(file, "file_unreadable", /may not be read/);
	});
});

test("a certificate that Entra does not know is refused once, with what to do", async () => {
	await assert.rejects(daemon({ certificate: other.pem }).getToken(VAULT), {
		name: "AuthenticationError",
		statusCode: 401,
		message: /ClientCertificateCredential.*AADSTS700027/,
	});
	assert.equal((await entra.tokenRequests()).length, 1);
});

test("after a certificate was mended, the next call succeeds", async () => {
	const file = scratch.file("");
	const credential = daemon(file);
	await assert.rejects(credential.getToken(VAULT), /empty/);
	await entra.emulator.updateApp(entra.emulator.apps.daemon.clientId, {
		certificates: [app.certificate],
	});
	scratch.file(app.pem, path.basename(file));
	assert.ok(await credential.getToken(VAULT));
});

describe("A constructor argument that cannot be right is named, and not shown", () => {
	const nothing = undefined as unknown as string;
	const bad = (value: unknown) => value as ClientCertificateConfiguration;
	test.each<[string, string, string, ClientCertificateConfiguration, RegExp]>([
		["no tenant", nothing, "client", "file", /tenantId/],
		["a tenant with a slash", "a/b", "client", "file", /tenantId/],
		["no client", "tenant", "", "file", /clientId/],
		[
			"no certificate",
			"tenant",
			"client",
			bad(undefined),
			/certificate is missing/,
		],
		["null", "tenant", "client", bad(null), /certificate is missing/],
		["an empty path", "tenant", "client", "", /certificate is missing/],
		[
			"nothing in the object",
			"tenant",
			"client",
			bad({}),
			/certificate is missing/,
		],
		[
			"both",
			"tenant",
			"client",
			bad({ certificate: "planted", certificatePath: "planted" }),
			/both/,
		],
		[
			"PEM for a path",
			"tenant",
			"client",
			app.pem,
			/certificatePath holds a certificate/,
		],
		[
			"a number for a path",
			"tenant",
			"client",
			bad({ certificatePath: 7 }),
			/certificatePath/,
		],
		[
			"a number for a certificate",
			"tenant",
			"client",
			bad({ certificate: 7 }),
			/certificate /,
		],
		[
			"a number for a password",
			"tenant",
			"client",
			bad({ certificate: "x", certificatePassword: 7 }),
			/certificatePassword/,
		],
	])("%s", (_, tenantId, clientId, configuration, message) => {
		assert.throws(
			() => new ClientCertificateCredential(tenantId, clientId, configuration),
			(error: Error) => {
				assert.equal(error.name, "CredentialUnavailableError");
				assert.match(error.message, /^ClientCertificateCredential: /);
				assert.match(error.message, message);
				assertShowsNone(["planted", ...SECRETS], printed(error));
				return true;
			},
		);
	});

	test("and a file is not looked for before the first token", () => {
		assert.ok(daemon(path.join(scratch.path, "nowhere.pem")));
	});
});
