// A program of its own that uploads a few blobs and reads them back, as a user would write it. What it needs to know
// comes as JSON on standard input: no secret is ever in an argv.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { BlobServiceClient } from "@azure/storage-blob";
import { ClientSecretCredential } from "azidentity";

const job = JSON.parse(readFileSync(0, "utf8"));
const credential = new ClientSecretCredential(
	job.tenantId,
	job.clientId,
	job.secret,
	job.options,
);
const { tlsOptions } = job.options;
const service = new BlobServiceClient(job.url, credential, { tlsOptions });
const container = service.getContainerClient(job.container);
await container.createIfNotExists();
for (const text of ["one", "two", "three"]) {
	const blob = container.getBlockBlobClient(text);
	await blob.upload(text, text.length);
	assert.equal(String(await blob.downloadToBuffer()), text);
}
