// Makes a Windows DLL of 64 bits whose functions are other DLLs' under other names, and that has no code of its own:
// one section that holds an export table of forwarders. Microsoft's "PE Format" says what the numbers mean.
// Wine 8 lacks bcryptprimitives.dll, whose one function Go's runtime wants for random numbers; Wine has it elsewhere.

const HEADERS = 0x200;
const SECTION = 0x1000; // where the section lies in memory
const ALIGNMENT = 0x200; // of what lies in the file
const PE = 0x40; // the signature, right behind the DOS header
const COFF = PE + 4;
const OPTIONAL = COFF + 20;
const OPTIONAL_BYTES = 240;
const SECTION_TABLE = OPTIONAL + OPTIONAL_BYTES;

/**
 * The bytes of the DLL.
 * @param name Its file name.
 * @param forwarders From each exported name to what it is: `{ ProcessPrng: "advapi32.SystemFunction036" }`.
 */
export function forwardingDll(name, forwarders) {
	const table = exportTable(name, forwarders);
	const rawBytes = Math.ceil(table.length / ALIGNMENT) * ALIGNMENT;
	const file = Buffer.alloc(HEADERS + rawBytes);
	file.write("MZ");
	file.writeUInt32LE(PE, 0x3c);
	file.write("PE\0\0", PE, "latin1");
	file.writeUInt16LE(0x8664, COFF); // x64
	file.writeUInt16LE(1, COFF + 2); // sections
	file.writeUInt16LE(OPTIONAL_BYTES, COFF + 16);
	file.writeUInt16LE(0x2022, COFF + 18); // executable, large addresses, DLL

	file.writeUInt16LE(0x20b, OPTIONAL); // 64 bits
	file.writeUInt32LE(rawBytes, OPTIONAL + 8); // initialised data
	file.writeBigUInt64LE(0x1_8000_0000n, OPTIONAL + 24); // preferred address
	file.writeUInt32LE(SECTION, OPTIONAL + 32); // alignment in memory
	file.writeUInt32LE(ALIGNMENT, OPTIONAL + 36);
	file.writeUInt16LE(6, OPTIONAL + 40); // for Windows Vista and later
	file.writeUInt16LE(6, OPTIONAL + 48);
	file.writeUInt32LE(2 * SECTION, OPTIONAL + 56); // size in memory
	file.writeUInt32LE(HEADERS, OPTIONAL + 60);
	file.writeUInt16LE(3, OPTIONAL + 68); // console
	file.writeUInt16LE(0x160, OPTIONAL + 70); // any address, no execution of data
	file.writeUInt32LE(16, OPTIONAL + 108); // directories, of which the first is the export table
	file.writeUInt32LE(SECTION, OPTIONAL + 112);
	file.writeUInt32LE(table.length, OPTIONAL + 116);

	file.write(".edata", SECTION_TABLE, "latin1");
	file.writeUInt32LE(table.length, SECTION_TABLE + 8);
	file.writeUInt32LE(SECTION, SECTION_TABLE + 12);
	file.writeUInt32LE(rawBytes, SECTION_TABLE + 16);
	file.writeUInt32LE(HEADERS, SECTION_TABLE + 20);
	file.writeUInt32LE(0x40000040, SECTION_TABLE + 36); // initialised data, readable
	table.copy(file, HEADERS);
	return file;
}

/** A function whose address lies inside the export table is a forwarder: the text there names the real one. */
function exportTable(name, forwarders) {
	// Sorted as bytes, because who looks a name up halves the list.
	const names = Object.keys(forwarders).sort();
	const count = names.length;
	const functions = 40;
	const pointers = functions + 4 * count;
	const ordinals = pointers + 4 * count;
	const texts = [];
	let end = ordinals + 2 * count;
	const place = (text) => {
		const at = end;
		texts.push(`${text}\0`);
		end += text.length + 1;
		return SECTION + at;
	};

	const head = Buffer.alloc(end);
	head.writeUInt32LE(place(name), 12);
	head.writeUInt32LE(1, 16); // first ordinal
	head.writeUInt32LE(count, 20);
	head.writeUInt32LE(count, 24);
	head.writeUInt32LE(SECTION + functions, 28);
	head.writeUInt32LE(SECTION + pointers, 32);
	head.writeUInt32LE(SECTION + ordinals, 36);
	for (const [index, each] of names.entries()) {
		head.writeUInt32LE(place(forwarders[each]), functions + 4 * index);
		head.writeUInt32LE(place(each), pointers + 4 * index);
		head.writeUInt16LE(index, ordinals + 2 * index);
	}
	return Buffer.concat([head, Buffer.from(texts.join(""), "latin1")]);
}
