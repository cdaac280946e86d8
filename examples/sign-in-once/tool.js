// A command-line tool that has its user sign in once. Where it is, and what for, comes on standard input.
import { readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import {
	DeviceCodeCredential,
	deserializeAuthenticationRecord,
	serializeAuthenticationRecord,
} from "azidentity";

const { options, recordFile, scope } = JSON.parse(await text(process.stdin));

/** Who signed in last time. It holds no secret, so a plain file will do. */
function lastRecord() {
	try {
		return deserializeAuthenticationRecord(readFileSync(recordFile, "utf8"));
	} catch (error) {
		if (error.code === "ENOENT") return undefined;
		throw error;
	}
}

const authenticationRecord = lastRecord();
const credential = new DeviceCodeCredential({
	...options,
	...(authenticationRecord && { authenticationRecord }),
});
if (authenticationRecord === undefined) {
	const record = await credential.authenticate(scope);
	writeFileSync(recordFile, serializeAuthenticationRecord(record));
}
const { token } = await credential.getToken(scope);
const { aud, name } = JSON.parse(
	Buffer.from(token.split(".")[1], "base64url").toString(),
);
console.log(`a token of ${name} for ${aud}`);
