// Asks a vault what it is told, one thing after the other, and prints the answers as a list in JSON.
// Usage: keyring-vault.mjs MODULE NAME ASK...   an ask is "check", "seal TEXT" or "open BASE64"
const [module_, name, ...asks] = process.argv.slice(2);
const { linuxKeyringVault } = await import(module_);
const vault = linuxKeyringVault(name);

async function answer(what, data = "") {
	switch (what) {
		case "check":
			return { checked: await vault.check().then(() => true) };
		case "seal":
			return { sealed: Buffer.from(await vault.seal(data)).toString("base64") };
		case "open":
			return { text: await vault.open(Buffer.from(data, "base64")) };
		default:
			throw new Error(`there is no ask called ${what}`);
	}
}

const answers = [];
for (const ask of asks) {
	try {
		answers.push(await answer(...ask.split(" ", 2)));
	} catch ({ name, message, cannotOpen }) {
		answers.push({ failed: { name, message, cannotOpen } });
	}
}
console.log(JSON.stringify(answers));
