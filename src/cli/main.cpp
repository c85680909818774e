#include "base/core_file.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  lindung::keep_secrets_out_of_core_files();
  return lindung::cli::run(argc, argv);
}
