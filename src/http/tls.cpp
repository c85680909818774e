#include "http/tls.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/result.h"
#include "http/client.h"
#include "http/server.h"

namespace lindung::http {

namespace {

struct BioFree {
  void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
};

auto tls_failure(const std::string& what) { return fail(Errc::io, what + ": " + tls_error()); }

int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return 0; }

// RFC 7301: we speak one protocol; a client that offers none of its own choice is served all the same.
int choose_http_1_1(SSL* /*connection*/, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void* /*context*/) {
  // OpenSSL reads what was chosen after this has returned.
  static constexpr std::array<unsigned char, 9> ours{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, length, ours.data(), ours.size(), offered, offered_length);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

Result<TlsContext> tls_1_3(const SSL_METHOD* method) {
  ERR_clear_error();
  TlsContext context{SSL_CTX_new(method)};
  if (!context) return tls_failure("TLS context");
  if (SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1) return tls_failure("TLS 1.3");
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

Result<void> use_certificate(SSL_CTX* context, const std::string& chain, const std::string& key) {
  if (SSL_CTX_use_certificate_chain_file(context, chain.c_str()) != 1) return tls_failure("certificate " + chain);
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return tls_failure("private key " + key);
  if (SSL_CTX_check_private_key(context) != 1) return tls_failure("private key " + key + " of " + chain);
  return ok();
}

}  // namespace

void TlsContextFree::operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }

Result<TlsContext> tls_for_server(const TlsFiles& files) {
  TRY(context, tls_1_3(TLS_server_method()));
  TRYV(use_certificate(context.get(), files.certificate_chain, files.private_key));
  SSL_CTX_set_alpn_select_cb(context.get(), choose_http_1_1, nullptr);
  if (files.client_ca.empty()) {
    if (files.require_client_certificate)
      return fail(Errc::invalid_argument, "client certificates without a client CA");
    return context;
  }
  if (SSL_CTX_load_verify_file(context.get(), files.client_ca.c_str()) != 1) {
    return tls_failure("client CA " + files.client_ca);
  }
  auto* const names = SSL_load_client_CA_file(files.client_ca.c_str());
  if (names == nullptr) return tls_failure("client CA " + files.client_ca);
  SSL_CTX_set_client_CA_list(context.get(), names);
  const int required = files.require_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | required, nullptr);
  return context;
}

Result<TlsContext> tls_for_client(const ClientTls& files) {
  TRY(context, tls_1_3(TLS_client_method()));
  if (files.ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context.get()) != 1) return tls_failure("the machine's trust store");
  } else if (SSL_CTX_load_verify_file(context.get(), files.ca_file.c_str()) != 1) {
    return tls_failure("CA " + files.ca_file);
  }
  if (!files.certificate_chain.empty()) {
    TRYV(use_certificate(context.get(), files.certificate_chain, files.private_key));
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

std::string peer_subject(const SSL* connection) {
  const X509* const certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return {};
  const std::unique_ptr<BIO, BioFree> text{BIO_new(BIO_s_mem())};
  if (!text) return {};
  if (X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) return {};
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &bytes);  // NOLINT: OpenSSL's macro casts
  return {bytes, static_cast<std::size_t>(size)};
}

std::string tls_error() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "error " + std::to_string(code) : reason;
}

}  // namespace lindung::http
