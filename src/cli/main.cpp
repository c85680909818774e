#include "cli/program.h"

int main(int argc, char** argv) { return lindung::cli::run(argc, argv); }
