// Signed rule sets from strangers: what is read is written and read again as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "domain/rule_document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace domain = lindung::domain;
  const auto read = domain::RuleDocument::read(lindung::as_text({data, size}));
  if (!read || read.value().signatures().empty()) return 0;
  const auto again = domain::RuleDocument::read(read.value().text());
  if (!again || again.value().content() != read.value().content() ||
      again.value().signatures().size() != read.value().signatures().size()) {
    std::abort();
  }
  return 0;
}
