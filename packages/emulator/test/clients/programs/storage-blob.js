// Uses a blob container as any program would, with a token of the emulator. Prints {"step", …} per operation.
import { ClientSecretCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";

const { env } = process;
const credential = new ClientSecretCredential(
	env.EMULATOR_TENANT,
	env.EMULATOR_CLIENT,
	env.EMULATOR_SECRET,
	{ authorityHost: env.EMULATOR_AUTHORITY, disableInstanceDiscovery: true },
);
const service = new BlobServiceClient(env.BLOB_URL, credential);
const say = (step, facts) => console.log(JSON.stringify({ step, ...facts }));

const container = service.getContainerClient("hello");
say("create", { isNew: (await container.createIfNotExists()).succeeded });
const blob = container.getBlockBlobClient("greeting.txt");
const text = "Hello from a token that nobody had to pay for.";
await blob.upload(text, text.length);
say("download", { text: String(await blob.downloadToBuffer()) });
const names = [];
for await (const { name } of container.listBlobsFlat()) names.push(name);
say("list", { names });
