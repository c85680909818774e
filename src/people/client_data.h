// What a browser says of a ceremony (WebAuthn, "collected client data"), read strictly and compared with what is ours.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::people {

// "webauthn.create" and "webauthn.get".
enum class Ceremony { create, get };

// The challenge in it. Errors: denied, "passkey: NAME": form (no JSON object of at most 4 KiB, a field of another
// type), type, origin (another one, or a frame of another site), challenge (not 32 bytes of base64url).
[[nodiscard]] Result<ByteArray<32>> read_client_data(BytesView client_data, Ceremony ceremony, std::string_view origin);

}  // namespace lindung::people
