// The program as it is, but for the one call that keeps memory out of its core files: what the search for secrets in a
// core file must find them in (secrets_row.py).
#include "cli/program.h"

int main(int argc, char** argv) { return lindung::cli::run(argc, argv); }
