#pragma once

#include "protocol/generator/model.h"
#include "protocol/generator/text_buffer.h"

namespace moldau::generator {

/// The function `read(reader, version, out)` of one struct.
void emit_decode(TextBuffer& out, const Message& message, const Struct& structure);

/// "M" for the message itself, "M::Name" for a struct in it.
std::string qualified_name(const Message& message, const Struct& structure);

/// Expression for the wire::Form of lengths in `context`: a constant, or a choice by `version`.
std::string form_expression(const VersionRange& context, const VersionRange& flexible);

}  // namespace moldau::generator
