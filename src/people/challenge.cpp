#include "people/challenge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "people/ground.h"
#include "people/passkeys.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::people {

namespace {

constexpr std::size_t challenge_mac = 16;

auto refused() { return fail(Errc::denied, "passkey: challenge"); }

// expires(4) | random(12) | mac(16): ours, for this purpose and whoever it is bound to; nothing is kept until it is
// used.
Result<ByteArray<32>> challenge_of(const store::KeyRing& ring, std::string_view purpose, std::string_view binding,
                                   const ByteArray<16>& head) {
  TRY(mac,
      store::BlindIndex{ring}.of(
          "portal-code", Message{}.text("challenge").u8(0).text(purpose).u8(0).text(binding).u8(0).raw(head).view()));
  ByteArray<32> challenge{};
  std::ranges::copy(head, challenge.begin());
  std::ranges::copy(BytesView{mac}.first(challenge_mac), challenge.begin() + 16);
  return challenge;
}

}  // namespace

Result<ByteArray<32>> new_challenge(const Ground& ground, std::string_view purpose, std::string_view binding) {
  auto head = crypto::random_bytes<16>();
  put_be(MutableBytes{head}.first(4),
         static_cast<std::uint32_t>(unix_seconds(ground.platform.clock.now() + ceremony_time)));
  return challenge_of(ground.platform.ring, purpose, binding, head);
}

Result<Moment> check_challenge(const Ground& ground, std::string_view purpose, std::string_view binding,
                               const ByteArray<32>& challenge) {
  TRY(ours, challenge_of(ground.platform.ring, purpose, binding, take<16>(challenge)));
  const auto until = moment_of(get_be<std::uint32_t>(BytesView{challenge}.first(4)));
  if (!equal_secret(ours, challenge) || until <= ground.platform.clock.now()) return refused();
  return until;
}

Result<void> spend_challenge(store::Transaction& transaction, BytesView challenge, Moment until) {
  const auto digest = crypto::sha256(challenge);
  TRY(added, transaction.run(store::Sql{"INSERT INTO spent_challenge (digest, expires_at) VALUES ($1, $2) "
                                        "ON CONFLICT (digest) DO NOTHING"},
                             {BytesView{digest}, static_cast<std::int64_t>(unix_seconds(until))}));
  if (added == 0) return refused();
  return ok();
}

}  // namespace lindung::people
