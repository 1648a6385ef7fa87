//! What is sold and how it is supplied: two linked, separately versioned definitions, checked before publication.
