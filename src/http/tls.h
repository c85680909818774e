// TLS 1.3 and nothing older, for listeners and for the client. Sessions are not resumed: every connection proves itself
// afresh, and no ticket key has to be kept.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "http/client.h"
#include "http/server.h"

namespace lindung::http {

struct TlsContextFree {
  void operator()(SSL_CTX* context) const noexcept;
};
using TlsContext = std::unique_ptr<SSL_CTX, TlsContextFree>;

// Errors: io; the detail names the file. A key that is encrypted is refused: nobody is there to be asked.
[[nodiscard]] Result<TlsContext> tls_for_server(const TlsFiles& files);
[[nodiscard]] Result<TlsContext> tls_for_client(const ClientTls& files);

// The subject of the verified peer certificate, as RFC 4514 writes it ("CN=clinic-7,O=Dinkes"); empty without one.
[[nodiscard]] std::string peer_subject(const SSL* connection);

// The newest error of this thread's OpenSSL queue, which is emptied.
[[nodiscard]] std::string tls_error();

}  // namespace lindung::http
