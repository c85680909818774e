// The list that one border device works by until the next one: of its port and the days around now, signed by this
// installation and sealed for that device.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hpke.h"
#include "domain/border_list.h"
#include "travel/devices.h"
#include "travel/ground.h"

namespace lindung::travel {

// Errors: sealed; those of the database.
[[nodiscard]] Result<domain::BorderList> make_border_list(const Ground& ground, const Device& device);

// Errors: malformed for a key that is none.
[[nodiscard]] Result<Bytes> border_list_for(const Ground& ground, const Device& device,
                                            const crypto::X25519PublicKey& sealing_key);

}  // namespace lindung::travel
