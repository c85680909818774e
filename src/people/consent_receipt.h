// A consent receipt: the fields of ISO/IEC TS 27560:2023 as JSON, signed, and the same on paper. What each field says
// and where it comes from is in docs/consent.md.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "people/portal_terms.h"
#include "service/consent_keys.h"
#include "service/consent_rows.h"

namespace lindung::people {

// Privacy: names nobody; the citizen is "the holder of this receipt".
[[nodiscard]] boost::json::object receipt_of(const service::KeptConsent& consent, const PortalTerms& terms);

// JWS in the compact form (RFC 7515), EdDSA (RFC 8037), typ "lindung-consent-receipt+jws".
[[nodiscard]] std::string signed_receipt(const boost::json::object& receipt, const service::ConsentSigner& signer);

// A4, Indonesian first. Errors: as image::document_pdf().
[[nodiscard]] Result<Bytes> receipt_pdf(const service::KeptConsent& consent, const PortalTerms& terms,
                                        const std::string& key_id);

}  // namespace lindung::people
