//! What is better and what is worse than before: two runs in, typed changes out. Nothing here
//! judges: what a change means is the criterion's business, and what it looks like the renderers'.

pub mod benchmarks;
