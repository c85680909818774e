// Closing certificates from strangers: what is read is written and read again as the same, byte for byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "domain/closing_certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace domain = lindung::domain;
  const auto read = domain::ClosingCertificate::read(lindung::as_text({data, size}));
  if (!read) return 0;
  const auto again = domain::ClosingCertificate::read(read.value().text());
  if (!again || again.value().canonical != read.value().canonical || again.value().text() != read.value().text()) {
    std::abort();
  }
  return 0;
}
