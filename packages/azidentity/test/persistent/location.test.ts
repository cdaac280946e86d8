import assert from "node:assert/strict";
import os from "node:os";
import path from "node:path";
import { ClientSecretCredential, persistentTokenCache } from "azidentity";
import { afterEach, beforeEach, describe, test } from "vitest";
import {
	encryptedLocation,
	unencryptedLocation,
} from "../../src/stores/persistent/location.ts";

const cacheHome = process.env.XDG_CACHE_HOME;
beforeEach(() => {
	delete process.env.XDG_CACHE_HOME;
});
afterEach(() => {
	if (cacheHome === undefined) delete process.env.XDG_CACHE_HOME;
	else process.env.XDG_CACHE_HOME = cacheHome;
});

describe("On Linux a cache lies where Go's does", () => {
	const name = "msal.cache";

	test("in the user's cache directory, with one file for each flavour", () => {
		const directory = path.join(os.homedir(), ".cache", ".IdentityService");
		assert.deepEqual(encryptedLocation({ name, cae: false }), {
			directory,
			file: path.join(directory, "msal.cache"),
			keyName: "msal.cache",
		});
		assert.deepEqual(encryptedLocation({ name, cae: true }), {
			directory,
			file: path.join(directory, "msal.cache.cae"),
			keyName: "msal.cache.cae",
		});
	});

	test("with what was got on behalf of users beside it, in files of names that Go does not open", () => {
		const namesOf = (cae: boolean) => {
			const place = { name, cae, isOnBehalfOf: true };
			const { file, keyName } = encryptedLocation(place);
			const unencrypted = unencryptedLocation(place);
			return [file, unencrypted.file]
				.map((one) => path.basename(one))
				.concat(keyName);
		};
		assert.deepEqual(namesOf(false), [
			"msal.cache.obo",
			"msal.cache.obo.nocae",
			"msal.cache.obo",
		]);
		assert.deepEqual(namesOf(true), [
			"msal.cache.obo.cae",
			"msal.cache.obo.cae",
			"msal.cache.obo.cae",
		]);
	});

	test("under XDG_CACHE_HOME when that is an absolute path", () => {
		process.env.XDG_CACHE_HOME = "/elsewhere";
		assert.equal(
			encryptedLocation({ name, cae: false }).file,
			"/elsewhere/.IdentityService/msal.cache",
		);
		process.env.XDG_CACHE_HOME = "not/absolute";
		assert.ok(
			encryptedLocation({ name, cae: false }).file.startsWith(os.homedir()),
		);
	});

	test("an unencrypted one never lies where an encrypted one belongs", () => {
		for (const directory of [undefined, "/given"]) {
			const encrypted = [true, false].map(
				(cae) => encryptedLocation({ name, cae, directory }).file,
			);
			for (const cae of [true, false]) {
				const { file } = unencryptedLocation({ name, cae, directory });
				assert.ok(!encrypted.includes(file), file);
			}
		}
	});
});

describe("A name that cannot name a cache is refused by the constructor, before anything is touched", () => {
	test.each([
		"",
		" ",
		".",
		"..",
		".hidden",
		"a..b",
		"a/b",
		"a\\b",
		"../up",
		"/absolute",
		"a\0b",
		"a b",
		"ü",
		"msal.cache.cae",
		"msal.cache.nocae",
		"msal.cache.obo",
		"x.lockfile",
		"x".repeat(101),
		1 as unknown as string,
	])("%j", (name) => {
		assert.throws(() => persistentTokenCache({ name }), /name/);
		assert.throws(
			() =>
				new ClientSecretCredential("tenant", "client", "secret", {
					tokenCachePersistenceOptions: { enabled: true, name },
				}),
			/ClientSecretCredential.*name/,
		);
	});

	test.each(["msal.cache", "my-app", "My_App.2", "7"])("%j is fine", (name) => {
		assert.ok(persistentTokenCache({ name }));
	});
});

test("a memory of one's own and a cache on disk exclude each other", () => {
	const tokenCache = persistentTokenCache({ name: "x" });
	assert.throws(
		() =>
			new ClientSecretCredential("tenant", "client", "secret", {
				tokenCache,
				tokenCachePersistenceOptions: { enabled: true },
			}),
		/tokenCache.*tokenCachePersistenceOptions/,
	);
});
