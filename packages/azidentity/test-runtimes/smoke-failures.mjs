import assert from "node:assert/strict";
import { inspect } from "node:util";
import { ask, job, test } from "./conversation.mjs";
import { options, VAULT, withSecret } from "./smoke-applications.mjs";

const WRONG_SECRET = "n0t~the~secret~of~anybody";

const unhandled = [];

export async function failures(azidentity) {
	process.on("unhandledRejection", (reason) => unhandled.push(inspect(reason)));
	await refusals(azidentity);
	await noAnswers(azidentity);

	await test("no promise was left that nobody handled", async () => {
		await new Promise((done) => setImmediate(done));
		assert.deepEqual(unhandled, []);
	});
}

async function refusals(azidentity) {
	await test("a caller who aborts leaves at once, and alone", async () => {
		const credential = withSecret(azidentity);
		const { signal, abort } = abortable();
		const leaving = credential.getToken(VAULT, { abortSignal: signal });
		const staying = credential.getToken(VAULT);
		abort();
		await assert.rejects(leaving, { name: "AbortError" });
		assert.ok((await staying).token);
	});

	await test("a refusal tells programs what it is, and nobody the secret", async () => {
		const { ClientSecretCredential, AuthenticationError } = azidentity;
		const { tenantId, clientId } = job;
		const credential = new ClientSecretCredential(
			tenantId,
			clientId,
			WRONG_SECRET,
			options,
		);
		const error = await credential.getToken(VAULT).catch((thrown) => thrown);
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.name, "AuthenticationError");
		assert.equal(error.statusCode, 401);
		assert.equal(error.errorResponse.error, "invalid_client");
		assert.deepEqual(error.errorResponse.errorCodes, [7000215]);
		for (const shown of [error, credential].flatMap(everyLook))
			assert.ok(!shown.includes(WRONG_SECRET), shown);
	});
}

async function noAnswers(azidentity) {
	await test("where nobody answers, the error says what stands in the way and what to do", async () => {
		await ask("suspend");
		try {
			const error = await withSecret(azidentity, {
				retryOptions: { maxRetries: 0 },
			})
				.getToken(VAULT)
				.catch((thrown) => thrown);
			assert.equal(error.name, "AuthenticationError");
			assert.equal(error.statusCode, 0);
			assert.equal(error.isOutage, true);
			assert.match(error.message, /no answer from localhost:\d+ \(ECONNRE/);
		} finally {
			await ask("resume");
		}
	});

	await test("an authority that nobody vouches for is not trusted, and the error says how to trust it", async () => {
		const credential = withSecret(azidentity, {
			tlsOptions: { ca: job.otherCa },
		});
		const error = await credential.getToken(VAULT).catch((thrown) => thrown);
		assert.equal(error.name, "AuthenticationError");
		assert.match(error.message, /tlsOptions\.ca/);
	});

	await test("in bare surroundings the default chain says what each credential lacks", async () => {
		// A port that nobody listens on: the real one is no business of a test.
		process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = "http://127.0.0.1:9";
		const path = process.env.PATH;
		process.env.PATH = "";
		try {
			const credential = new azidentity.DefaultAzureCredential();
			const error = await credential.getToken(VAULT).catch((thrown) => thrown);
			assert.equal(error.name, "AggregateAuthenticationError");
			assert.ok(error.errors.length >= 5);
			for (const each of error.errors)
				assert.equal(each.name, "CredentialUnavailableError", each.stack);
			assert.match(error.message, /AzureCliCredential/);
		} finally {
			process.env.PATH = path;
			delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
		}
	});
}

function abortable() {
	const controller = new AbortController();
	return { signal: controller.signal, abort: () => controller.abort() };
}

/** All the ways in which a runtime shows a thing. */
function everyLook(thing) {
	return [
		inspect(thing, { depth: 9, showHidden: true }),
		JSON.stringify(thing),
		String(thing.stack),
		globalThis.Bun?.inspect(thing, { depth: 9 }) ?? "",
		globalThis.Deno?.inspect(thing, { depth: 9, showHidden: true }) ?? "",
	];
}
