#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "protocol/generator/model.h"

namespace moldau::generator {

/// What the emitters need to know of a field beyond the schema's words: C++ types, versions by role, checks.

/// Type of the value, or of one element: "std::int32_t", "TopicName", "wire::Blob", a struct's name.
std::string element_type(const Field& field);

/// Type of the member: the element, in a vector for arrays, in an optional where some version allows null.
std::string member_type(const Field& field);

bool is_nullable(const Field& field);

/// Whether the values stand in a strong id that is constructed from, and opened to, its representation.
bool is_strong_id(const Field& field);

/// Member initializer with the schema's default, e.g. "{-1}"; "{}" for zero values.
std::string initializer(const Field& field);

/// C++ condition that `expression`, the member, differs from its default.
std::string differs_from_default(const Field& field, const std::string& expression);

/// Versions in which the field stands in the body, before the tagged section.
VersionRange body_versions(const Field& field);

/// Tagged fields of the struct, by rising tag.
std::vector<const Field*> tagged_fields(const Struct& structure);

/// The struct of that name in the message.
const Struct& struct_named(const Message& message, const std::string& name);

/// Least bytes that one element of the array takes on the wire in any version; at least 1.
std::size_t least_element_bytes(const Message& message, const Field& field);

}  // namespace moldau::generator
