// Core files without people and keys: a crash must not write them to a disk.
// Why not arenas, and why not simply no core file: docs/adr/0019-core-files-without-memory.md.
#pragma once

namespace lindung {

// From now on a core file that a crash of this process leaves holds none of its memory, whoever allocated it: no heap,
// no stack. Before it is written every thread stops and clears its registers, since a key goes through them whenever it
// is copied; where one of them does not stop within two seconds, and where the operating system has no such filter (no
// /proc), there is no core file at all. The process ends by the same signal as without this. Call it first in main.
// Not here: protection from whoever may attach to the running process.
void keep_secrets_out_of_core_files() noexcept;

}  // namespace lindung
