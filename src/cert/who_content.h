// What the WHO's network puts beside the EU's certificate: other sub-claims of claim -260, and the first DDCC form,
// whose payload is the data set itself. Source: WHO SMART Trust (HCERT), DDCC core data sets, digital vaccination
// certificate.
#pragma once

#include <optional>
#include <string>

#include "cert/contents.h"
#include "cert/dcc_content.h"
#include "cert/refusal.h"
#include "codec/cbor_tree.h"

namespace lindung::cert {

struct WhoContent {
  std::string word;               // "vaccination", "health-link"
  std::optional<EntryKind> kind;  // for the key's usage
  std::string initials;
};

// Shape: `hcert` is the map of claim -260 without sub-claim 1.
// Errors (step schema): no_content, unsupported_content, schema with the field.
[[nodiscard]] Checked<WhoContent> read_who_claims(const codec::CborItem& hcert);

// Where a person stands in claims that read_who_claims has read.
struct WhoItem {
  Contents::Form form{Contents::Form::none};
  std::optional<codec::CborItem> item;
};
[[nodiscard]] WhoItem who_content_of(const codec::CborItem& hcert);

// Shape: the payload of a message without claim -260. Errors: no_content unless it is a core data set; schema.
[[nodiscard]] Checked<WhoContent> read_core_data_set(const codec::CborItem& payload);

}  // namespace lindung::cert
