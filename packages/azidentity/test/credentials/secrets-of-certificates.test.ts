import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import type { ClientCertificateConfiguration } from "azidentity";
import { beforeAll, describe, test } from "vitest";
import { issued, keyAs, pkcs12 } from "../certificates/issued.ts";
import { scratchFolder } from "../certificates/scratch-folder.ts";
import { certifiedDaemon } from "./certified-daemon.ts";
import { emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { assertShowsNone, capturedLog, printed } from "./planted-secrets.ts";

const entra = emulatedEntra();
const { daemon, register, sent } = certifiedDaemon(entra);
const scratch = scratchFolder();
const logged = capturedLog();

const app = issued({ name: "Daemon" });
const unknown = issued({ name: "Unknown" });
const PASSWORD = "planted~Password+1";
const sealed = pkcs12(app, PASSWORD);
const encrypted = keyAs(app.key, "pkcs8", PASSWORD) + app.certificate;
beforeAll(() => register(app));

/** The password, and pieces of the keys in every form in which they are about. */
const PLANTED = [
	PASSWORD,
	encodeURIComponent(PASSWORD),
	...[app, unknown].flatMap(({ key }) => {
		const { d = "", p = "" } = createPrivateKey(key).export({ format: "jwk" });
		const hex = Buffer.from(d, "base64url").toString("hex");
		return [
			key.slice(300, 340),
			d.slice(8, 40),
			p.slice(8, 40),
			hex.slice(8, 40),
		];
	}),
	encrypted.slice(300, 340),
	sealed.toString("base64").slice(300, 340),
	sealed.toString("hex").slice(300, 340),
];

/** Uses the credential twice, and looks at all that can be seen of it. */
async function assertShowsNothing(
	configuration: ClientCertificateConfiguration,
	succeeds: boolean,
) {
	const credential = daemon(configuration, {
		sendCertificateChain: true,
		loggingOptions: { enableUnsafeSupportLogging: true },
	});
	const seen = [printed(credential)];
	for (const scope of [VAULT, STORAGE]) {
		const outcome = await credential.getToken(scope).then(
			() => "a token",
			(error: unknown) => error,
		);
		assert.equal(outcome === "a token", succeeds, printed(outcome));
		seen.push(printed(outcome), printed(credential));
	}
	seen.push(await logged());
	assert.match(seen.join(), /ClientCertificateCredential => getToken/);
	const assertions = sent.flatMap(({ text }) => [
		text,
		text.split(".")[2] ?? "",
	]);
	assertShowsNone([...PLANTED, ...assertions], seen.join("\n"));
}

describe("No log line, error or inspection shows a key, a password or an assertion", () => {
	const given = { certificatePassword: PASSWORD };
	test.each<[string, boolean, ClientCertificateConfiguration]>([
		["PEM", true, { certificate: app.pem }],
		["an encrypted key", true, { certificate: encrypted, ...given }],
		["PKCS#12", true, { certificate: sealed, ...given }],
		["a file", true, { certificatePath: scratch.file(sealed), ...given }],
		[
			"a certificate that Entra does not know",
			false,
			{ certificate: unknown.pem },
		],
		[
			"a key that is cut off",
			false,
			{ certificate: app.key.slice(0, 900) + app.certificate },
		],
		[
			"a broken key",
			false,
			{ certificate: app.key.replace(/(.{64}\n){3}/, "") + app.certificate },
		],
		[
			"the key of another one",
			false,
			{ certificate: app.key + unknown.certificate },
		],
		[
			"a damaged file",
			false,
			{ certificate: sealed.subarray(0, 900), ...given },
		],
		[
			"another password",
			false,
			{ certificate: sealed, certificatePassword: `${PASSWORD}x` },
		],
		["a key for a path", false, app.key.replaceAll(/-----.*-----|\s/g, "")],
		["PKCS#12 for a path", false, sealed.toString("base64")],
	])("%s", (_, succeeds, configuration) =>
		assertShowsNothing(configuration, succeeds),
	);

	test("while a renewed file is unusable", async () => {
		const file = scratch.file(app.pem, "renewed.pem");
		const credential = daemon(file);
		await credential.getToken(VAULT);
		scratch.file(app.key.slice(0, 900), "renewed.pem");
		await credential.getToken(STORAGE);
		const log = await logged();
		assert.match(log, /read before is used/);
		assertShowsNone(PLANTED, log + printed(credential));
	});

	test.each(["client_assertion=", ""])(
		"when an answer quotes the assertion after '%s'",
		async (before) => {
			const credential = daemon(
				{ certificate: app.pem },
				{
					additionalPolicies: [
						{
							position: "perRetry",
							policy: {
								name: "echo",
								async sendRequest(request, next) {
									const form = new URLSearchParams(String(request.body ?? ""));
									const assertion = form.get("client_assertion");
									if (assertion === null) return next(request);
									quoted.push(assertion, assertion.split(".")[2] ?? "");
									const answer = await next(request);
									const said = {
										error: "invalid_client",
										error_description: `${before}${assertion}`,
									};
									return {
										...answer,
										status: 400,
										bodyAsText: JSON.stringify(said),
									};
								},
							},
						},
					],
				},
			);
			const quoted: string[] = [];
			const error: unknown = await credential
				.getToken(VAULT)
				.catch((reason) => reason);
			assert.ok(error instanceof Error && quoted.length > 0);
			assertShowsNone(quoted, printed(error) + (await logged()));
		},
	);
});
