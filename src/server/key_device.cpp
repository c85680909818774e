#include "server/key_device.h"

#include <sys/stat.h>

#include <cstddef>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "crypto/pkcs11_token.h"
#include "store/durable_file.h"

namespace lindung::server {

Result<crypto::Pkcs11Token> open_key_device(const KeyDeviceOptions& options) {
  constexpr std::size_t longest_pin = 256;
  struct stat about{};
  const bool is_open = ::stat(options.pin_file.c_str(), &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0;
  if (is_open) return fail(Errc::denied, "pki.pkcs11_pin_file: nobody but its owner may have access (chmod 600)");
  auto pin = store::read_file(options.pin_file, longest_pin);
  if (!pin) return fail("pki.pkcs11_pin_file", pin.error());
  while (!pin.value().empty() && (pin.value().back() == '\n' || pin.value().back() == '\r')) pin.value().pop_back();
  auto token =
      crypto::Pkcs11Token::open({.module = options.module, .token = options.token, .pin = std::move(pin).value()});
  if (!token) return fail("the key device", token.error());
  return token;
}

}  // namespace lindung::server
