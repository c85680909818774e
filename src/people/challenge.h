// Challenges of ceremonies: ours, for one purpose, for whoever they are bound to, and for minutes. Nothing is kept of
// one until it is used, so that whoever asks for a million of them costs no row.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "people/ground.h"
#include "store/database.h"

namespace lindung::people {

[[nodiscard]] Result<ByteArray<32>> new_challenge(const Ground& ground, std::string_view purpose,
                                                  std::string_view binding);
// Until when it would serve. Errors: denied, "passkey: challenge", for one that is not ours, for something else, or
// over.
[[nodiscard]] Result<Moment> check_challenge(const Ground& ground, std::string_view purpose, std::string_view binding,
                                             const ByteArray<32>& challenge);
// It serves once. Errors: denied, "passkey: challenge", when it was spent before.
[[nodiscard]] Result<void> spend_challenge(store::Transaction& transaction, BytesView challenge, Moment until);

}  // namespace lindung::people
