// Key ring files as someone without the passphrase, or with it, could leave them: none opens by chance, none costs more
// than the limits allow, and a body that is accepted has one spelling.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/passphrase.h"
#include "store/ring.h"
#include "store/ring_body.h"
#include "store/ring_file.h"

namespace {

using lindung::as_bytes;
using lindung::Bytes;
using lindung::BytesView;
using lindung::MutableBytes;
namespace store = lindung::store;

constexpr std::string_view passphrase{"fuzz"};
constexpr store::RingLimits tiny{.max_passes = 2, .max_memory_bytes = 16384, .max_work_bytes = 32768};
constexpr lindung::crypto::Argon2idCost cost{.passes = 1, .memory_bytes = 8192};

// A file of the test's own, in memory: its path is that of its descriptor.
class MemoryFile {
 public:
  explicit MemoryFile(BytesView content) : descriptor_{::memfd_create("ring", 0)} {
    if (descriptor_ < 0 || ::write(descriptor_, content.data(), content.size()) < 0) std::abort();
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

// True if it opened and was unsealed.
bool unseals(BytesView file) {
  const MemoryFile on_disk{file};
  const auto ring = store::KeyRing::open(on_disk.path(), tiny);
  if (ring.has_error()) return false;
  const auto unsealed = ring.value()->unseal(as_bytes(passphrase));
  if (ring.value()->is_sealed() != unsealed.has_error()) std::abort();
  return unsealed.has_value();
}

// All that an attacker without the passphrase can make right: shape, cost and checksum.
Bytes made_plausible(BytesView input) {
  constexpr std::size_t least = 114 + 16;
  Bytes file = lindung::to_bytes(input);
  file.resize(std::max(file.size(), least));
  std::ranges::copy(as_bytes("LNDGRING"), file.begin());
  lindung::put_be(MutableBytes{file}.subspan(8), std::uint16_t{1});
  lindung::put_be(MutableBytes{file}.subspan(10), cost.passes);
  lindung::put_be(MutableBytes{file}.subspan(14), cost.memory_bytes);
  lindung::put_be(MutableBytes{file}.subspan(110), static_cast<std::uint32_t>(file.size() - 114));
  const auto checksum = lindung::crypto::sha256(file);
  file.insert(file.end(), checksum.begin(), checksum.end());
  return file;
}

// A ring of someone who knows the passphrase, with any body.
Bytes sealed_by_owner(BytesView body) {
  static const lindung::ByteArray<16> salt{1};
  static const auto wrapping = lindung::crypto::key_from_passphrase(as_bytes(passphrase), salt, cost).value();
  static const lindung::Secret<32> master{lindung::ByteArray<32>{2}};
  return store::make_ring_file(store::wrap_master(cost, salt, wrapping, master), master, body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT: libFuzzer's name
  if (size == 0) return 0;
  const BytesView input{data + 1, size - 1};
  switch (data[0] % 3) {
    case 0:
      if (unseals(input)) std::abort();
      break;
    case 1:
      if (unseals(made_plausible(input))) std::abort();
      break;
    default: {
      const auto body = store::read_ring_body(input);
      if (unseals(sealed_by_owner(input)) != body.has_value()) std::abort();
      if (body.has_value() && !std::ranges::equal(store::write_ring_body(body.value()), input)) std::abort();
    }
  }
  return 0;
}
